global using OrderToCash.Credit.CreditAccounts;
global using OrderToCash.Kernel;
global using OrderToCash.TestKit;

[assembly: AssemblyFixture(typeof(Servers))]
