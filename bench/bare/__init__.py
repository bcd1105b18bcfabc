"""The same answers by plain Django: what is left to gain when GraphQL and the middleware cost nothing."""
