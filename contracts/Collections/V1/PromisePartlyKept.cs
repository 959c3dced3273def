namespace OrderToCash.Contracts.Collections.V1;

/// <summary>Some of what was promised came in time, and no more.</summary>
/// <param name="Promise">As it is now.</param>
public sealed record PromisePartlyKept(Promise Promise);
