# While it runs and afterwards: what is done, what failed, what may go.
