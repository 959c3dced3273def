namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>Somebody lets another person decide by their roles for a time, or takes that back.</summary>
/// <param name="DelegationId">Its identifier.</param>
/// <param name="LegalEntity">Code of the legal entity whose requests for approval it is about.</param>
/// <param name="DelegatedBy">Who is away, as their token names them.</param>
/// <param name="DelegatedTo">Who decides instead.</param>
/// <param name="Roles">By which roles.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until when, itself left out.</param>
/// <param name="IsRevoked">True once it was taken back.</param>
public sealed record ApprovalDelegationChanged(
    Guid DelegationId, string LegalEntity, string DelegatedBy, string DelegatedTo, IReadOnlyList<string> Roles,
    DateTimeOffset From, DateTimeOffset Until, bool IsRevoked);
