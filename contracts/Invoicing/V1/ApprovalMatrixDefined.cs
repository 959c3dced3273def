namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>Who must approve what in a legal entity was defined; the whole of it as it is now.</summary>
/// <param name="LegalEntity">Code of the legal entity.</param>
/// <param name="Rules">The bands of each kind; a kind without any needs no approval.</param>
/// <param name="BaseCurrency">ISO 4217 code of the bands' amounts; null: the highest band holds for every
/// amount.</param>
public sealed record ApprovalMatrixDefined(
    string LegalEntity, IReadOnlyList<ApprovalRule> Rules, string? BaseCurrency);

/// <summary>One band of one kind of decision.</summary>
/// <param name="Kind">What is decided, e.g. <c>write-off</c>, <c>credit-limit</c>.</param>
/// <param name="UpTo">Amounts up to this one, in the base currency; null for all above.</param>
/// <param name="Approvals">How many people must approve; 0 for none.</param>
/// <param name="Role">Who may approve here and below; null where nobody must.</param>
/// <param name="Alone">Who may decide here and below without anybody's approval; null for nobody.</param>
/// <param name="RiskClass">Only for customers of this class; null: for all of whose class the kind has no bands of its
/// own.</param>
/// <param name="NotBelow">True: its roles do not decide in lower bands.</param>
/// <param name="EscalateTo">The role that may decide, too, when a request has waited long; null for none.</param>
/// <param name="EscalateAfterHours">How many hours that is; null for none.</param>
public sealed record ApprovalRule(
    string Kind, decimal? UpTo, int Approvals, string? Role, string? Alone, string? RiskClass = null,
    bool? NotBelow = null, string? EscalateTo = null, int? EscalateAfterHours = null);
