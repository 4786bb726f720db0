"""Commands on the kit: start, stop, look after and remove what runs here."""
