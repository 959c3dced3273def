namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A promise counts no longer: it was taken back or entered by mistake.</summary>
/// <param name="Promise">As it is now.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record PromiseCancelled(Promise Promise, string Reason);
