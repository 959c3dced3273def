namespace OrderToCash.Contracts.Collections.V1;

/// <summary>Nothing of what was promised came in time, or it was taken back again.</summary>
/// <param name="Promise">As it is now.</param>
public sealed record PromiseBroken(Promise Promise);
