using System.Text.Json;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Portfolio;

/// <summary>Customers of one kind are looked after by one collector.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Customers">Which customers.</param>
/// <param name="Collector">Subject of the collector.</param>
public sealed record PortfolioRule(string Name, CustomerCondition Customers, string Collector);

/// <summary>Who looks after whom at a legal entity was laid down; the whole of it as it is now.</summary>
/// <param name="LegalEntity">Whose customers.</param>
/// <param name="Rules">In this order: a customer belongs to the first that is for it.</param>
public sealed record PortfolioRulesDefined(string LegalEntity, IReadOnlyList<PortfolioRule> Rules);

/// <summary>The rules of a legal entity.</summary>
public sealed record PortfolioRules
{
    public static readonly PortfolioRules Initial = new();

    /// <summary>As they were laid down last; null before that.</summary>
    public PortfolioRulesDefined? Definition { get; init; }

    public static PortfolioRules Evolve(PortfolioRules rules, object e) => e switch
    {
        PortfolioRulesDefined defined => rules with { Definition = defined },
        _ => rules,
    };
}

public static class PortfolioRulesStream
{
    public static readonly StreamType<PortfolioRules> Type =
        new("portfolio_rules", PortfolioRules.Initial, PortfolioRules.Evolve);

    public static Guid Id(string legalEntity) => Ids.From("portfolio-rules", legalEntity);
}

/// <summary>What may be laid down.</summary>
public static class PortfolioRulesDecider
{
    private const int MostRules = 200;

    /// <summary>Lays the rules down; saying the same again is nothing.</summary>
    public static Decision Define(PortfolioRules rules, PortfolioRulesDefined wish)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.Rules.Count > MostRules)
            return Invalid("/rules", $"There are at most {MostRules} rules.");
        for (var index = 0; index < wish.Rules.Count; index++)
        {
            var (rule, at) = (wish.Rules[index], $"/rules/{index}");
            if (string.IsNullOrWhiteSpace(rule.Name) || rule.Name.Length > 100)
                return Invalid($"{at}/name", "A name has 1 to 100 characters.");
            if (string.IsNullOrWhiteSpace(rule.Collector) || rule.Collector.Length > 200)
                return Invalid($"{at}/collector", "A collector has 1 to 200 characters.");
            if (rule.Customers.Check($"{at}/customers", "invalid-portfolio") is { } fault)
                return fault;
        }

        return rules.Definition is { } now && Same(now, wish) ? Decision.Nothing : Decision.Of(wish);
    }

    /// <summary>
    /// The rule a customer falls under; null when it is under none. It may be one that only a newer version understands
    /// (<see cref="CustomerCondition.IsUnderstood"/>): nobody here can say whether it is for this customer.
    /// </summary>
    public static PortfolioRule? RuleFor(PortfolioRules rules, CustomerTraits customer)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return rules.Definition?.Rules.FirstOrDefault(rule => rule.Customers.Holds(customer));
    }

    private static Refusal Invalid(string field, string detail) => new("invalid-portfolio", detail, Field: field);

    private static bool Same(PortfolioRulesDefined left, PortfolioRulesDefined right) =>
        JsonSerializer.Serialize(left, Json.Stored) == JsonSerializer.Serialize(right, Json.Stored);
}
