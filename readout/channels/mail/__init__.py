"""How an alert reads as a mail: its words, its layout, its headers. It must not send anything."""
