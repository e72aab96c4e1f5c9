"""Alerts by e-mail.

It must not choose a recipient: the watch did.
"""

from __future__ import annotations

from readout.channels.channel import Accepted, OutgoingMessage, Preview
from readout.channels.mail.clean import is_mail_address
from readout.channels.mail.compose import compose, domain_of, sender_of
from readout.channels.mail.wire import seal
from readout.channels.smtp import PostOffice
from readout.config import Config
from readout.error import ChannelError


class EmailChannel:
    """Mail through the server of the configuration, one connection for all messages of a round."""

    def __init__(self, config: Config) -> None:
        self._mail = config.mail
        self._office = PostOffice(config.mail, greeting=domain_of(config.mail))

    @staticmethod
    def refuse_recipient(address: str) -> str | None:
        """Why `address` cannot be written to, or None if it can."""
        if is_mail_address(address):
            return None
        return "is no mail address that every server takes: name@example.org, in ASCII"

    @staticmethod
    def place_of(address: str) -> str | None:  # noqa: ARG004
        """None: there is one server."""
        return None

    def unready(self, address: str) -> str | None:  # noqa: ARG002
        """None: the server decides."""
        return None

    def preview(self, message: OutgoingMessage) -> Preview:
        """The subject and the plain text of the mail."""
        mail = compose(message, self._mail)
        text = mail.get_body(("plain",))
        return Preview(str(mail["Subject"]), text.get_content() if text else "")

    def send(self, message: OutgoingMessage) -> Accepted:
        """Compose and hand over `message`. Raises ChannelError; ValueError for one that cannot be built safely."""
        if why := self.refuse_recipient(message.alert.recipient):
            raise ChannelError(f"{message.alert.recipient} {why}", retry=False)
        recipient, mail = message.alert.recipient, compose(message, self._mail)
        return self._office.post(sender_of(self._mail).addr_spec, recipient, seal(mail, to=recipient))

    def close(self) -> None:
        """End the connection."""
        self._office.close()
