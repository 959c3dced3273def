using OrderToCash.Collections.Portfolio;

namespace OrderToCash.Collections.Playbooks;

/// <summary>Customers of one kind go by one playbook.</summary>
/// <param name="Name">What people call the rule.</param>
/// <param name="Customers">Which customers.</param>
/// <param name="Playbook">Code of the playbook; <c>none</c> where no notice goes to them by itself.</param>
public sealed record PlaybookRule(string Name, CustomerCondition Customers, string Playbook);

/// <summary>A playbook and the version of it that is in force.</summary>
public sealed record PlaybookInForce(PlaybookDefined Definition, long Version);

/// <summary>
/// Which playbook each customer of a legal entity goes by: the one a person gave it, else that of the first rule which
/// is for it, else the usual one. Each customer has one playbook at most, so one run sees to all of them, and none
/// hears from two. Pure.
/// </summary>
/// <param name="Rules">In this order.</param>
/// <param name="Usual">Code of the playbook of all others.</param>
/// <param name="InForce">By code. Customers of a playbook that is not in it are left alone.</param>
public sealed record CustomerPlaybooks(
    IReadOnlyList<PlaybookRule> Rules, string Usual, IReadOnlyDictionary<string, PlaybookInForce> InForce)
{
    /// <summary>No playbook at all: nothing goes out by itself.</summary>
    public const string None = "none";

    /// <summary>One playbook for everybody.</summary>
    public static CustomerPlaybooks Only(PlaybookDefined playbook, long version = 1)
    {
        ArgumentNullException.ThrowIfNull(playbook);
        return new([], playbook.Code, new Dictionary<string, PlaybookInForce>(StringComparer.Ordinal)
        {
            [playbook.Code] = new(playbook, version),
        });
    }

    /// <summary>How many days before a due date the first step of any of them is; 0 where none is before it.</summary>
    public int DaysAhead => -InForce.Values.Select(one => Math.Min(0, one.Definition.Steps[0].OffsetDays))
        .DefaultIfEmpty(0).Min();

    /// <summary>
    /// Notices of one of them list what is not due yet, or is disputed whenever it is due; or it counts with the rest
    /// of its group.
    /// </summary>
    public bool LookAtWhatIsNotDue => InForce.Values.Any(one =>
        one.Definition.IncludeCurrent || one.Definition.IncludeDisputed || one.Definition.IsByGroup);

    /// <summary>
    /// Code of the playbook a customer goes by, or <see cref="None"/>; null where the first rule that may be for it is
    /// one that only a newer version understands.
    /// </summary>
    /// <param name="customer">What it is told apart by.</param>
    /// <param name="given">The playbook a person gave it, or null.</param>
    public string? CodeFor(CustomerTraits customer, string? given) =>
        given ?? Rules.FirstOrDefault(rule => rule.Customers.Holds(customer)) switch
        {
            null => Usual,
            { Customers.IsUnderstood: true } rule => rule.Playbook,
            _ => null,
        };

    /// <summary>The playbook a customer goes by; null where it goes by none, or nobody here can say by which.</summary>
    public PlaybookInForce? For(CustomerTraits customer, string? given) =>
        CodeFor(customer, given) is { } code ? InForce.GetValueOrDefault(code) : null;
}
