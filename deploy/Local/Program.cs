using OrderToCash.Local.Commands;

return await CommandLine.RunAsync(args);
