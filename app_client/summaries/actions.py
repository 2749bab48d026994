"""What a person can do when a visit is over: hand the customer's page on as a picture."""

from datetime import date

from app_client.session import AppSession


async def share_page(session: AppSession, picture: bytes, *, day: date) -> bool:
    """Hand a PNG to the device's share sheet, or save it where there is none; False when the person did neither."""
    # Whose it is does not belong into the name of a file that goes from phone to phone.
    return await session.platform.files.share(f"day2053-{day.isoformat()}.png", picture)
