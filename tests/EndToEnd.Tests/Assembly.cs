using OrderToCash.EndToEnd.Tests.Support;

[assembly: AssemblyFixture(typeof(RunningSystem))]

// One system for all: a test that kills a service must not do so under another one's feet.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
