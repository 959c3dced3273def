namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// What was promised came in time; also where this became known after the promise was taken for broken.
/// </summary>
/// <param name="Promise">As it is now.</param>
public sealed record PromiseKept(Promise Promise);
