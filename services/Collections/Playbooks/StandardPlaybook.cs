using System.Text.Json;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Playbooks;

/// <summary>Writes the standard playbook when there is none yet; from then on it is changed like any other.</summary>
public sealed class StandardPlaybook(EventSourcing.EventStore store) : IHostedService
{
    /// <summary>
    /// Reminder three days before the due date, notices 1, 10 and 20 days after it; in en, es and fr.
    /// </summary>
    public static PlaybookDefined Read()
    {
        using var json = typeof(StandardPlaybook).Assembly.GetManifestResourceStream("standard.json")!;
        return JsonSerializer.Deserialize<PlaybookDefined>(json, Json.Wire)!;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => store.DecideAsync(
        PlaybookStream.Type, PlaybookStream.Id(PlaybookStream.Standard), new EventMetadata(CollectionsService.Name),
        playbook => playbook.Definition is null ? PlaybookDecider.Define(playbook, Read()) : Decision.Nothing,
        cancellation: cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
