namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A customer promised to pay.</summary>
/// <param name="Promise">What was promised.</param>
public sealed record PromiseMade(Promise Promise);
