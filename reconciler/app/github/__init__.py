"""What the workflows on GitHub do with plans, reports and drift, beside making them."""
