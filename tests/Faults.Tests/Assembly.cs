using OrderToCash.Faults.Tests;

[assembly: AssemblyFixture(typeof(WholeMachine))]

// Tests start and kill many processes: one at a time is enough for a machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
