"""The wire shape of listening to a recording (录音); its bytes come over a link."""

from pydantic import AwareDatetime, BaseModel


class RecordingTicket(BaseModel):
    """A link to a recording, without the server's own address, and until when it works."""

    url: str
    expires_at: AwareDatetime
