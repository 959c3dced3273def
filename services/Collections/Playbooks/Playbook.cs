using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Playbooks;

/// <summary>A dunning playbook: data that says when a customer hears what.</summary>
public sealed record Playbook
{
    public static readonly Playbook Initial = new();

    /// <summary>As it was defined last; null before that.</summary>
    public PlaybookDefined? Definition { get; init; }

    public static Playbook Evolve(Playbook playbook, object e) => e switch
    {
        PlaybookDefined defined => playbook with { Definition = defined },
        _ => playbook,
    };
}

public static class PlaybookStream
{
    /// <summary>The playbook that is there from the start.</summary>
    public const string Standard = "standard";

    public static readonly StreamType<Playbook> Type = new("playbook", Playbook.Initial, Playbook.Evolve);

    public static Guid Id(string code) => Ids.From("playbook", code);
}
