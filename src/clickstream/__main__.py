"""`python -m clickstream` is the command `clickstream`; `up` starts its parts so."""

from clickstream.cli import main

if __name__ == "__main__":
    main()
