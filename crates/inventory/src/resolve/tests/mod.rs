mod estate;
mod laws;
mod pairs;
mod refusals;
