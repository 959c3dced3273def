using OrderToCash.TestKit;

[assembly: AssemblyFixture(typeof(Servers))]
