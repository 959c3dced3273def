using System.Text.RegularExpressions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Approvals;

/// <summary>One band of one kind of decision.</summary>
/// <param name="Kind">What is decided: one of <see cref="ApprovalKinds"/>.</param>
/// <param name="UpTo">Amounts up to this one, in the legal entity's base currency; null for all above.</param>
/// <param name="Approvals">How many people must approve; 0 for none.</param>
/// <param name="Role">Who may approve here; whoever may approve a higher band of the kind may too.</param>
/// <param name="Alone">Who may decide this without anybody's approval; whoever may in a higher band of the kind may
/// too. Null: nobody.</param>
/// <param name="RiskClass">Only for customers of this class; null: for all of whose class the kind has no bands of its
/// own.</param>
/// <param name="NotBelow">True: the roles named here decide in this band and above it alone, and not in lower ones.
/// </param>
/// <param name="Escalation">What happens when nobody decides; null: it waits.</param>
public sealed record ApprovalRule(
    string Kind, decimal? UpTo, int Approvals, string? Role = null, string? Alone = null, string? RiskClass = null,
    bool NotBelow = false, Escalation? Escalation = null);

/// <summary>Who may decide, too, when a request has waited long enough.</summary>
/// <param name="To">A role.</param>
/// <param name="AfterHours">How long it waits before that: 1 to 8,760 hours, nights and holidays counted.</param>
public sealed record Escalation(string To, int AfterHours);

/// <summary>The matrix of a legal entity was defined; the whole of it as it is now.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Rules">The bands.</param>
/// <param name="BaseCurrency">ISO 4217 code of the bands' amounts; null in what was defined before it was kept.</param>
/// <param name="OwnerVersion">
/// In a replica the version of the owner's matrix that this is; null at the owner.
/// </param>
public sealed record ApprovalMatrixDefined(
    string LegalEntity, IReadOnlyList<ApprovalRule> Rules, string? BaseCurrency = null, long? OwnerVersion = null);

/// <summary>What an amount needs: so many people, each with one of these roles.</summary>
public sealed record RequiredApproval(int Approvals, IReadOnlyList<string> Roles, Escalation? Escalation = null)
{
    /// <summary>Nobody needs to approve.</summary>
    public static readonly RequiredApproval None = new(0, []);

    /// <summary>True where it is more than what was asked for, or somebody who could approve that may not.</summary>
    public bool IsMoreThan(ApprovalRequested asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return Approvals > asked.Needed || (Approvals > 0 && asked.Roles.Except(Roles).Any());
    }
}

/// <summary>
/// Who must approve what, as data per legal entity. A kind without rules needs no approval: an empty matrix allows
/// everything, and its history says since when. What holds before one is defined is the service's to say
/// (<see cref="ApprovalOptions.UntilDefined"/>).
/// </summary>
public sealed partial record ApprovalMatrix
{
    private const int MaxApprovals = 5;
    private const int MaxHours = 8_760;
    private const int MaxRules = 200;

    /// <summary>Before it is defined.</summary>
    public static readonly ApprovalMatrix Initial = new();

    /// <summary>As it was defined last; null before that.</summary>
    public ApprovalMatrixDefined? Definition { get; init; }

    /// <summary>
    /// What a decision needs when somebody with these roles asks for it. An amount in another currency than the bands
    /// needs what the highest band needs: it cannot be compared with less.
    /// </summary>
    /// <param name="kind">What is decided.</param>
    /// <param name="amount">By which it is judged.</param>
    /// <param name="roles">Those of who asks.</param>
    /// <param name="riskClass">Class of the customer, or null.</param>
    /// <param name="always">Somebody must approve whatever the amount: where nobody must in its band, what the next
    /// band needs in which somebody must.</param>
    public RequiredApproval Required(
        string kind, Money amount, IReadOnlySet<string> roles, string? riskClass = null, bool always = false)
    {
        ArgumentNullException.ThrowIfNull(roles);
        var rules = Bands(Definition?.Rules ?? [], kind, riskClass);
        var comparable = amount.Currency.Code == Definition?.BaseCurrency;
        var band = rules.FindIndex(rule => rule.UpTo is null || (comparable && amount.Amount <= rule.UpTo));
        if (always && band >= 0)
            band = rules.FindIndex(band, rule => rule.Approvals > 0);
        if (band < 0 || rules[band].Approvals == 0)
            return RequiredApproval.None;
        var deciding = rules.Where((rule, index) => index == band || (index > band && !rule.NotBelow)).ToList();
        return deciding.Exists(rule => rule.Alone is { } alone && roles.Contains(alone))
            ? RequiredApproval.None
            : new RequiredApproval(
                rules[band].Approvals, [.. deciding.Select(rule => rule.Role).OfType<string>().Distinct()],
                rules[band].Escalation);
    }

    /// <summary>Defines the matrix; saying the same again is nothing.</summary>
    /// <param name="wish">Of each kind the bands, one of them without an upper end.</param>
    public Decision Define(ApprovalMatrixDefined wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        return Check(wish.Rules) is { } detail
            ? new Refusal("invalid-approval-matrix", detail, Field: "/rules")
            : Definition is { } now && now.BaseCurrency == wish.BaseCurrency && now.Rules.SequenceEqual(wish.Rules)
                ? Decision.Nothing
                : Decision.Of(wish);
    }

    /// <summary>Takes over what the owner defined, unless something newer is known.</summary>
    public Decision Learn(ApprovalMatrixDefined news)
    {
        ArgumentNullException.ThrowIfNull(news);
        return Definition?.OwnerVersion >= news.OwnerVersion ? Decision.Nothing : Decision.Of(news);
    }

    /// <summary>State and event in, next state out.</summary>
    public static ApprovalMatrix Evolve(ApprovalMatrix matrix, object e) => e switch
    {
        ApprovalMatrixDefined defined => matrix with { Definition = defined },
        _ => matrix,
    };

    private static string? Check(IReadOnlyList<ApprovalRule> rules)
    {
        if (rules.Count > MaxRules)
            return $"A matrix has at most {MaxRules} rules.";
        foreach (var rule in rules)
        {
            if (!ApprovalKinds.All.Contains(rule.Kind))
                return $"'{rule.Kind}' needs no approval; {string.Join(", ", ApprovalKinds.All)} may.";
            if (rule.Approvals is < 0 or > MaxApprovals || rule.UpTo <= 0)
                return $"A band ends above zero and needs 0 to {MaxApprovals} approvals.";
            if (rule.Approvals > 0 && !RoleFormat().IsMatch(rule.Role ?? ""))
                return "A band that needs approvals names the role that gives them, such as controller.";
            if (rule.Alone is { } alone && !RoleFormat().IsMatch(alone))
                return "Who may decide alone is a role, such as controller.";
            if (rule.RiskClass is { } risk && (string.IsNullOrWhiteSpace(risk) || risk.Length > 20))
                return "A risk class has 1 to 20 characters.";
            if (rule.Escalation is { } up && (!RoleFormat().IsMatch(up.To) || up.AfterHours is < 1 or > MaxHours))
                return $"What nobody decides is escalated to a role, after 1 to {MaxHours} hours.";
        }

        return rules.GroupBy(rule => (rule.Kind, rule.RiskClass))
            .Where(bands => bands.Select(rule => rule.UpTo).Distinct().Count() < bands.Count()
                || bands.All(rule => rule.UpTo is not null))
            .Select(bands => $"The bands of {bands.Key.Kind} end at different amounts, and one of them at none.")
            .Concat(rules.GroupBy(rule => rule.Kind)
                .Where(kind => kind.All(rule => rule.RiskClass is not null))
                .Select(kind => $"{kind.Key} needs bands for customers of any other risk class, or of none."))
            .FirstOrDefault();
    }

    /// <summary>
    /// From the lowest to the one without an end: those of the risk class, or of all other classes where it has none.
    /// </summary>
    private static List<ApprovalRule> Bands(IReadOnlyList<ApprovalRule> rules, string kind, string? riskClass)
    {
        var own = riskClass is not null && rules.Any(rule => rule.Kind == kind && rule.RiskClass == riskClass)
            ? riskClass
            : null;
        return
        [
            .. rules.Where(rule => rule.Kind == kind && rule.RiskClass == own)
                .OrderBy(rule => rule.UpTo ?? decimal.MaxValue),
        ];
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z", RegexOptions.None, 1000)]
    private static partial Regex RoleFormat();
}

/// <summary>Matrices by legal entity.</summary>
public static class ApprovalMatrixStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<ApprovalMatrix> Type =
        new("approval_matrix", ApprovalMatrix.Initial, ApprovalMatrix.Evolve);

    /// <summary>The matrix of a legal entity.</summary>
    public static Guid Id(string legalEntity) => Ids.From("approval-matrix", legalEntity);
}
