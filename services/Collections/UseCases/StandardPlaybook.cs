using System.Text.Json;
using OrderToCash.Collections.Playbooks;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.UseCases;

/// <summary>
/// Writes the standard playbook when there is none yet; from then on it is changed like any other. Where there is one
/// that only a newer version can read, this one starts all the same and does not touch it.
/// </summary>
public sealed partial class StandardPlaybook(EventStore store, ILogger<StandardPlaybook> log)
    : IHostedService
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
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.DecideAsync(
                PlaybookStream.Type, PlaybookStream.Id(PlaybookStream.Standard),
                new EventMetadata(CollectionsService.Name),
                playbook => playbook.Definition is null ? PlaybookDecider.Define(playbook, Read()) : Decision.Nothing,
                cancellation: cancellationToken);
        }
        catch (UnknownEventTypeException unreadable)
        {
            LogUnreadable(log, unreadable);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, EventName = "playbook.standard-unreadable",
        Message = "There is a standard playbook, of a newer version than this one")]
    private static partial void LogUnreadable(ILogger log, Exception unreadable);
}
