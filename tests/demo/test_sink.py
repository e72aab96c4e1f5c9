"""The demo's mail sink: what a real SMTP client hands over is kept, and refusals are said."""

import smtplib
from email.message import EmailMessage

import pytest

from readout.demo.sink import MailSink


def letter(subject="Совет СОРБ: Astana", to="reader@example.org"):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "readout@example.org", to
    message["Message-ID"] = "<a.1@example.org>"
    message.set_content("Görüş keçirilib.\n.\nA line after a lone dot.\n")
    message.add_alternative("<p>Görüş keçirilib.</p>", subtype="html")
    return message


def send(sink, *messages):
    with smtplib.SMTP(sink.host, sink.port, timeout=20) as client:
        for message in messages:
            client.send_message(message)


def test_a_message_is_kept_as_it_came():
    with MailSink() as sink:
        send(sink, letter())
        (received,) = sink.received
    assert received.sender == "readout@example.org"
    assert received.recipients == ("reader@example.org",)
    assert received.subject == "Совет СОРБ: Astana"
    assert received.text.splitlines() == ["Görüş keçirilib.", ".", "A line after a lone dot."]
    assert received.message["Message-ID"] == "<a.1@example.org>"
    assert b"Message-ID: <a.1@example.org>\r\n" in received.raw


def test_messages_are_kept_in_order():
    with MailSink() as sink:
        send(sink, letter("first"), letter("second"))
        send(sink, letter("third"))
        assert [received.subject for received in sink.received] == ["first", "second", "third"]


def test_a_recipient_can_be_refused():
    with MailSink(on_recipient=lambda address: f"550 5.1.1 no {address} here") as sink:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(sink, letter())
        assert refused.value.recipients == {"reader@example.org": (550, b"5.1.1 no reader@example.org here")}
        assert sink.received == []


def test_a_message_can_be_refused():
    with MailSink(on_message=lambda _: "451 4.3.0 later") as sink:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(sink, letter())
        assert refused.value.smtp_code == 451
        assert sink.received == []


def test_the_line_can_break_after_the_final_dot():
    with MailSink(on_message=lambda _: None) as sink:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(sink, letter())
        assert len(sink.received) == 1


def test_two_sinks_stand_side_by_side():
    with MailSink() as one, MailSink() as other:
        send(one, letter())
        assert (len(one.received), len(other.received)) == (1, 0)


def test_a_client_that_stays_does_not_keep_the_sink_open():
    with MailSink() as sink:
        client = smtplib.SMTP(sink.host, sink.port, timeout=20)
        client.noop()
    client.close()
