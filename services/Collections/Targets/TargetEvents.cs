using OrderToCash.Kernel;

namespace OrderToCash.Collections.Targets;

/// <summary>What a collector is to bring in.</summary>
/// <param name="Collector">Subject of the collector; null for the customers nobody looks after.</param>
/// <param name="Cash">How much cash, in the month.</param>
public sealed record CashTarget(string? Collector, Money Cash);

/// <summary>Targets of a month were set; all of them as they are now.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Period">The month, <c>yyyy-MM</c>.</param>
/// <param name="Targets">At most one per collector and currency.</param>
public sealed record TargetsSet(string LegalEntity, string Period, IReadOnlyList<CashTarget> Targets);
