global using Npgsql;
global using OrderToCash.EventSourcing.Tests.Samples;
global using OrderToCash.Kernel;
global using OrderToCash.TestKit;

[assembly: AssemblyFixture(typeof(Servers))]
