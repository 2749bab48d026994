"""What this device knows by itself of the people's page: which of the devices it is."""

from app_client.session import AppSession
from app_client.store.meta import Meta, get_meta


def own_device(session: AppSession) -> str:
    """The id under which this device is signed in."""
    return session.store.read(lambda tx: get_meta(tx, Meta.DEVICE_ID)) or ""
