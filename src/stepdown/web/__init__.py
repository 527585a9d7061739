"""The web application: practise in the browser, review, and a record that only some may read."""
