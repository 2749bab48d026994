"""Signing in, coming back without the server, and signing out. The form is screen.py's, the exchange of tokens sync's."""

import contextlib
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from app_client.platform.abilities import KeptSession, Platform
from app_client.platform.wards import Ward
from app_client.session import OPEN_STORES, AppSession, OpenStores, SharedStore, store_path
from app_client.store import ledger, meta
from app_client.store.meta import Meta, get_meta, set_meta
from app_client.sync.tokens import StoreTokens, new_device_id
from app_client.sync.transport import ApiTransport, SignedIn
from shared_models.errors import Conflict, DomainError
from shared_models.org import Staff

SECRET_BYTES = 32


class UnsentWork(Conflict):
    """Signing out would lose activities that the server does not have yet; `waiting` and `held` say how many."""

    code = "unsent_work"

    def __init__(self, *, waiting: int, held: int) -> None:
        super().__init__(
            f"{waiting} recorded activities have not reached the server and {held} need attention; "
            "signing out would lose them."
        )
        self.waiting = waiting
        self.held = held


class StoreStaysShut(DomainError):
    """The password is right, and the key that the server gave for it opens nothing: the PIN still does."""

    code = "vault_shut"


class OwnPasswordNeeded(DomainError):
    """The password is right and a temporary one: sign in again with a new one of one's own."""

    code = "password_change_required"


async def sign_in(
    platform: Platform,
    login: str,
    password: str,
    *,
    new_password: str | None = None,
    open_stores: OpenStores = OPEN_STORES,
) -> AppSession:
    """Sign in with a password; the same person's store goes on where it was, outbox and all.

    `new_password` takes the place of a temporary one. Raises OwnPasswordNeeded where that is missing, SignInRefused,
    Throttled, Offline, ServerSaid, BadReply, NewerStore, StoreFailed, VaultFailed, StoreStaysShut; then nothing has been
    kept on this device.
    """
    transport = ApiTransport(platform.open_http())
    try:
        wards = await platform.vault.wards()
        device_id = _known_device_id(platform, wards, login) or new_device_id()
        granted = await transport.sign_in(login, password, device_id=device_id, device_name=platform.device_name)
        if granted.password_change_required:
            if new_password is None:
                await transport.sign_out()
                raise OwnPasswordNeeded("Your password is a temporary one; choose your own.")
            await transport.change_password(password, new_password)
            password = new_password
        ward = next((each for each in wards if each.staff_id == granted.staff.id), Ward(staff_id=granted.staff.id))
        if ward.device_id not in ("", device_id):
            # The login was renamed, so the store was not found by it. Its outbox is numbered under its own id.
            device_id = ward.device_id
            granted = await transport.sign_in(login, password, device_id=device_id, device_name=platform.device_name)
        ward = replace(ward, login=granted.staff.login, name=granted.staff.name, device_id=device_id)
        await _admit(platform, ward, granted.device_key)
        shared = open_stores.acquire(platform, granted.staff.id)
        try:
            kept_id = shared.store.read(lambda tx: get_meta(tx, Meta.DEVICE_ID))
            if kept_id is not None and kept_id != device_id:
                # As above, where nobody but the store itself knew.
                granted = await transport.sign_in(login, password, device_id=kept_id, device_name=platform.device_name)
                ward = replace(ward, device_id=kept_id)
            return await _begin(platform, shared, granted, ward, open_stores)
        except BaseException:
            await open_stores.release(shared)
            raise
    finally:
        await transport.close()


async def resume(platform: Platform, *, open_stores: OpenStores = OPEN_STORES) -> AppSession | None:
    """Come back after a reload or restart, with or without the server; None when one has to sign in.

    Raises NewerStore or StoreFailed when the store is there and cannot be opened.
    """
    kept = await platform.keeper.load()
    if kept is None:
        return None
    if not store_path(platform, kept.staff_id).exists():
        await platform.keeper.forget()
        return None
    shared = open_stores.acquire(platform, kept.staff_id)
    try:
        staff = shared.store.read(lambda tx: meta.staff(tx) if meta.is_unlocked_by(tx, kept.secret) else None)
        if staff is None:
            await open_stores.release(shared)
            await platform.keeper.forget()
            return None
        return _session(platform, shared, staff, kept.secret, open_stores)
    except BaseException:
        if shared.store.is_open:
            await open_stores.release(shared)
        raise


async def sign_out(session: AppSession, *, confirmed: bool = False) -> None:
    """Forget this sign-in. The last browser to sign out ends it on the server, too, and deletes the store file.

    Raises UnsentWork when that would lose activities and the person has not confirmed it. Another browser of the same
    person that is still signed in keeps the store.
    """
    platform, store, secret = session.platform, session.store, session.unlock_secret
    others = store.read(lambda tx: meta.other_unlocks(tx, secret, now=session.now()))
    if others == 0:
        counts = store.read(ledger.outbox_counts)
        if counts.waiting + counts.held > 0 and not confirmed:
            raise UnsentWork(waiting=counts.waiting, held=counts.held)
        with contextlib.suppress(DomainError):
            # Without the server its tokens die with the file; they stay valid only where nobody has them.
            await session.transport.sign_out()
        await session.open_stores.discard(session.shared)
        _delete(store.path)
        await platform.vault.forget(session.staff.id)
    else:
        await store.write(lambda tx: meta.remove_unlock(tx, secret))
    await platform.keeper.forget()
    await session.close()


async def _admit(platform: Platform, ward: Ward, device_key: str | None) -> None:
    if await platform.vault.admit(ward, device_key):
        return
    # Who has the password may try their PIN again, however often it was wrong.
    await platform.vault.note(replace(ward, misses=0, missed_at=None))
    raise StoreStaysShut("The server's key does not open the store on this device.")


async def _begin(
    platform: Platform, shared: SharedStore, granted: SignedIn, ward: Ward, open_stores: OpenStores
) -> AppSession:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    before = await platform.keeper.load()

    def work(tx: sqlite3.Connection) -> None:
        set_meta(tx, Meta.DEVICE_ID, ward.device_id)
        set_meta(tx, Meta.STAFF, granted.staff.model_dump_json())
        set_meta(tx, Meta.REFRESH_TOKEN, granted.refresh_token)
        if platform.vault.locks:
            # This device alone has the store: a secret that it kept before somebody else signed in is lost, not another's.
            set_meta(tx, Meta.UNLOCK_DIGESTS, None)
        elif before is not None and before.staff_id == granted.staff.id:
            meta.remove_unlock(tx, before.secret)
        meta.add_unlock(tx, secret, now=platform.clock.now())

    await shared.store.write(work)
    await platform.vault.entrust(ward, granted.device_key)
    shared.transport.use_tokens(StoreTokens(shared.store), access_token=granted.access_token)
    session = _session(platform, shared, granted.staff, secret, open_stores)
    session.sync.signed_in()
    await platform.keeper.keep(KeptSession(granted.staff.id, secret))
    return session


def _session(platform: Platform, shared: SharedStore, staff: Staff, secret: str, open_stores: OpenStores) -> AppSession:
    return AppSession(
        staff=staff,
        store=shared.store,
        sync=shared.runner_for(staff, platform.clock),
        clock=platform.clock,
        platform=platform,
        transport=shared.transport,
        shared=shared,
        unlock_secret=secret,
        open_stores=open_stores,
    )


def _known_device_id(platform: Platform, wards: Sequence[Ward], login: str) -> str | None:
    """The device id of the store that this login used last on this device, read without opening it for good."""
    for ward in wards:
        if ward.device_id and ward.login == login.strip():
            return ward.device_id
    for path in sorted(platform.storage.root.glob("*.sqlite3")):
        staff, device_id = _owner(path)
        if staff is not None and staff.login == login.strip():
            return device_id
    return None


def _owner(path: Path) -> tuple[Staff | None, str | None]:
    try:
        UUID(path.stem)
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return meta.staff(connection), get_meta(connection, Meta.DEVICE_ID)
    except (sqlite3.Error, ValueError):
        # Not a store of ours, or one of another version: signing in will say so if it is this person's.
        return None, None


def _delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
