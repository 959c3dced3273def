using System.Text.Json;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Policies;

/// <summary>The policies of one legal entity, one after the other.</summary>
public sealed record PolicyBook
{
    /// <summary>The state before the first event.</summary>
    public static readonly PolicyBook Initial = new();

    /// <summary>The one in force; null before the first.</summary>
    public PolicyDefined? Now { get; private init; }

    /// <summary>State and event in, next state out.</summary>
    public static PolicyBook Evolve(PolicyBook book, object e) => e switch
    {
        PolicyDefined defined => book with { Now = defined },
        _ => throw new InvalidOperationException($"A policy book has no event {e.GetType().Name}."),
    };
}

/// <summary>A policy and its number.</summary>
public sealed record NumberedPolicy(int Number, CreditPolicy Policy)
{
    /// <summary>What holds where none was written.</summary>
    public static readonly NumberedPolicy Standard = new(StandardPolicy.Unwritten, StandardPolicy.Value);
}

/// <summary>Decides on policies.</summary>
public static class PolicyDecider
{
    /// <summary>Puts a policy in force; the same one again is nothing.</summary>
    public static Decision Define(PolicyBook book, string legalEntity, CreditPolicy policy)
    {
        if (PolicyCheck.Fault(policy) is { } fault)
            return new Refusal("invalid-policy", fault.Detail, Field: fault.Field);
        return book.Now is { } now && Same(now.Policy, policy)
            ? Decision.Nothing
            : Decision.Of(new PolicyDefined(legalEntity, (book.Now?.Number ?? 0) + 1, policy));
    }

    /// <summary>Writes the standard policy as the first one, unless there is one.</summary>
    public static Decision Begin(PolicyBook book, string legalEntity) => book.Now is null
        ? Decision.Of(new PolicyDefined(legalEntity, 1, StandardPolicy.Value))
        : Decision.Nothing;

    private static bool Same(CreditPolicy one, CreditPolicy other) =>
        JsonSerializer.Serialize(one, Json.Stored) == JsonSerializer.Serialize(other, Json.Stored);
}

/// <summary>One stream per legal entity.</summary>
public static class PolicyStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<PolicyBook> Type = new("credit_policy", PolicyBook.Initial, PolicyBook.Evolve);

    /// <summary>The stream of a legal entity.</summary>
    public static Guid Id(string legalEntity) => Ids.From("credit-policy", legalEntity);
}
