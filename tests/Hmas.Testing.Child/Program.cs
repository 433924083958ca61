using Hmas.Testing.Child;

// A program that tests may kill. Usage: Hmas.Testing.Child store-write FILE
return args is ["store-write", var path] ? await StoreWriter.RunAsync(path) : 2;
