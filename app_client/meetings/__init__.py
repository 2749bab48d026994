"""The evening meeting (夕会) as a unit holds it: six steps on a big screen, closed into what stays, and the past ones."""
