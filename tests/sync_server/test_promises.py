"""`accepted` and `duplicate` are promises: kept by a failing commit, by overlapping pushes and by deadlocks alike."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app_server.customers.service import move_customer
from tests.factories import NOW
from tests.sync_server.phones import Bank, call, prospect


def test_a_failing_commit_never_yields_accepted(sqlite_bank: Bank):
    bank = sqlite_bank
    phone, made = bank.phone(), call(bank.customer())
    engine = bank.db.engine

    def fail(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    event.listen(engine, "commit", fail)
    reply = phone.post(made)
    event.remove(engine, "commit", fail)
    assert reply.status_code >= 500
    assert "accepted" not in reply.text
    assert bank.ledger() == []
    assert phone.send(made) == ["accepted"]


def test_a_commit_that_the_database_refuses_never_yields_accepted(postgresql_bank: Bank):
    bank = postgresql_bank
    phone, made = bank.phone(), call(bank.customer())
    refuse = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON ledger DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()
    """
    bank.db.write(lambda session: session.connection().exec_driver_sql(refuse))
    reply = phone.post(made)
    assert (reply.status_code, reply.json()["code"]) == (500, "unexpected")
    bank.db.write(lambda session: session.connection().exec_driver_sql("DROP TRIGGER refuse ON ledger"))
    assert (bank.ledger(), bank.days()) == ([], {})
    assert phone.send(made) == ["accepted"]


def test_overlapping_pushes_of_one_advisor_keep_each_activity_once(postgresql_bank: Bank):
    bank = postgresql_bank
    customers = [bank.customer() for _ in range(4)]
    made = [call(customers[n % 4]) for n in range(30)]
    phones = [bank.phone(device=f"phone-{n}") for n in range(4)]
    # Every phone sends every activity, from another end.
    batches = [(phone, made[n * 7 :] + made[: n * 7]) for n, phone in enumerate(phones)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda batch: batch[0].send(*batch[1]), batches))
    assert Counter(status for answer in answers for status in answer) == {"accepted": 30, "duplicate": 90}
    assert sorted(str(row.id) for row in bank.ledger()) == sorted(each["id"] for each in made)
    assert bank.today().calls == 30
    assert [row.feed_seq for row in bank.ledger()] == sorted({row.feed_seq for row in bank.ledger()})


def test_two_advisors_with_the_same_ids_at_once_get_one_each(postgresql_bank: Bank):
    bank = postgresql_bank
    mine, theirs = bank.customer(), bank.customer(bank.wang)
    of_li = [call(mine) for _ in range(40)]
    of_wang = [{**each, "customer_id": str(theirs.id)} for each in reversed(of_li)]
    phones = [(bank.phone(), of_li), (bank.phone(bank.wang), of_wang)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: pair[0].send(*pair[1]), phones))
    taken = dict(zip((each["id"] for each in of_li), answers[0], strict=True))
    for each, status in zip(of_wang, answers[1], strict=True):
        assert {taken[each["id"]], status} == {"accepted", "id_conflict"}
    assert len(bank.ledger()) + len(bank.ledger(bank.wang)) == 40


def test_customers_move_while_their_advisors_push(postgresql_bank: Bank):
    bank = postgresql_bank
    customers = [bank.customer() for _ in range(6)]
    staying = bank.customer()
    li, wang = bank.phone(), bank.phone(bank.wang)

    def move(back: bool) -> None:
        for each in customers if back else reversed(customers):
            to = bank.li if back else bank.wang
            bank.db.write(lambda session: move_customer(session, each.id, to_advisor=to.id, now=NOW))  # noqa: B023 - run at once

    with ThreadPoolExecutor(3) as pool:
        moves = pool.submit(lambda: [move(back) for back in (False, True, False)])
        pushes = pool.submit(lambda: [li.send(call(staying), prospect(), call(staying)) for _ in range(10)])
        pulls = pool.submit(lambda: [wang.pull() for _ in range(10)])
    moves.result()
    pulls.result()
    assert {status for each in pushes.result() for status in each} == {"accepted"}
    wang.cursor = None
    held = {each["id"] for each in wang.pull() if each["entity"] == "customer"}
    assert held == {str(each.id) for each in customers}
