using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Asks the processor in the background, in one instance at a time; nobody where none is named.</summary>
public sealed class ProcessorJanitor(
    ProcessorQuestions questions, TimeProvider clock,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, ILogger<ProcessorJanitor> log)
    : RecurringWork("Questions to the payment processor", TimeSpan.FromSeconds(30), clock, log)
{
    private static readonly long LockKey = Ids.LockKey("cash-application:processor-questions");

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await using var turn = await Turn.TryAsync(sessions, LockKey, cancellation);
        if (turn is not null)
            await questions.AskAsync(TryAsync, cancellation);
    }
}
