"""The engine of studies: recipes trained, claims held against what came out."""
