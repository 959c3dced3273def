namespace OrderToCash.Credit.Policies;

/// <summary>A legal entity gives credit in this way from now on; the whole policy.</summary>
/// <param name="Number">From 1, without gaps; decisions name it.</param>
public sealed record PolicyDefined(string LegalEntity, int Number, CreditPolicy Policy);
