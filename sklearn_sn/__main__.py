"""Run the command line: ``python -m sklearn_sn``."""

from sklearn_sn.cli import main

if __name__ == "__main__":
    main()
