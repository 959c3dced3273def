using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Approvals;

/// <summary>Somebody lets another person decide by their roles while they are away.</summary>
/// <param name="LegalEntity">Code of the legal entity whose requests it is about.</param>
/// <param name="By">Who is away.</param>
/// <param name="To">Who decides instead.</param>
/// <param name="Roles">By which of their roles.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until when, itself left out.</param>
public sealed record ApprovalDelegated(
    string LegalEntity, string By, string To, IReadOnlyList<string> Roles, DateTimeOffset From, DateTimeOffset Until);

/// <summary>It ends before its time.</summary>
/// <param name="Delegation">What was delegated.</param>
/// <param name="By">Who took it back; null in a replica.</param>
public sealed record ApprovalDelegationRevoked(ApprovalDelegated Delegation, string? By);

/// <summary>Authority that one person delegates to another, for a time and never for good.</summary>
public sealed record ApprovalDelegation
{
    private const int MaxDays = 366;
    private const int MaxName = 200;
    private const int MaxRoles = 20;

    /// <summary>Before it is given.</summary>
    public static readonly ApprovalDelegation Initial = new();

    /// <summary>What was delegated; null before that.</summary>
    public ApprovalDelegated? Given { get; init; }

    /// <summary>True once it was taken back.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>
    /// Delegates roles. Nobody delegates what they do not hold themselves, so what was delegated is never delegated on.
    /// </summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="held">The roles of who delegates, by their own token.</param>
    /// <param name="now">When they do it.</param>
    public static Decision Delegate(ApprovalDelegated wish, IReadOnlySet<string> held, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(held);
        return wish switch
        {
            _ when string.IsNullOrWhiteSpace(wish.To) || wish.To.Length > MaxName || wish.To == wish.By =>
                Invalid("/to", "Authority is delegated to another person, named as in their token."),
            _ when wish.Roles.Count is 0 or > MaxRoles || wish.Roles.Distinct().Count() < wish.Roles.Count =>
                Invalid("/roles", $"Name 1 to {MaxRoles} different roles."),
            _ when wish.Until <= wish.From || wish.Until - wish.From > TimeSpan.FromDays(MaxDays) =>
                Invalid("/until", $"Authority is delegated from a day until that day or a later one, for {MaxDays} " +
                    "days at most."),
            _ when wish.Until <= now => Invalid("/until", "That is over already."),
            _ when wish.Roles.FirstOrDefault(role => !held.Contains(role)) is { } missing => new Refusal(
                "role-not-held", $"You do not hold the role {missing} yourself.", RefusalKind.Forbidden, "/roles"),
            _ => Decision.Of(wish),
        };
    }

    /// <summary>Takes it back; taking it back again is nothing.</summary>
    /// <param name="by">Who does it: the one who gave it, or an administrator.</param>
    /// <param name="isAdministrator">True for the latter.</param>
    public Decision Revoke(string by, bool isAdministrator) => Given is null || IsRevoked
        ? Decision.Nothing
        : by == Given.By || isAdministrator
            ? Decision.Of(new ApprovalDelegationRevoked(Given, by))
            : new Refusal(
                "not-your-delegation", $"{Given.By} delegated this, and an administrator may take it back.",
                RefusalKind.Forbidden);

    /// <summary>Takes over what the owner tells, whatever came first.</summary>
    public Decision Learn(ApprovalDelegated news, bool isRevoked)
    {
        ArgumentNullException.ThrowIfNull(news);
        var events = new List<object>();
        if (Given is null)
            events.Add(news);
        if (isRevoked && !IsRevoked)
            events.Add(new ApprovalDelegationRevoked(news, null));
        return Decision.Of([.. events]);
    }

    /// <summary>State and event in, next state out.</summary>
    public static ApprovalDelegation Evolve(ApprovalDelegation delegation, object e) => e switch
    {
        ApprovalDelegated delegated => delegation with { Given = delegated },
        ApprovalDelegationRevoked => delegation with { IsRevoked = true },
        _ => delegation,
    };

    private static Refusal Invalid(string field, string detail) => new("invalid-delegation", detail, Field: field);
}

/// <summary>Delegations by their identifier.</summary>
public static class ApprovalDelegationStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<ApprovalDelegation> Type =
        new("approval_delegation", ApprovalDelegation.Initial, ApprovalDelegation.Evolve);
}
