namespace OrderToCash.Contracts.Collections.V1;

/// <summary>What had kept the promise was taken back, and there is still time to pay.</summary>
/// <param name="Promise">As it is now.</param>
public sealed record PromiseReopened(Promise Promise);
