using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// Takes up notices whose time has come, looked for twice a minute; <see cref="NoticeSender"/> finds that in the log.
/// Every instance does it: a notice is taken up once, whoever comes first.
/// </summary>
public sealed class PutOffNotices(
    EventSourcing.EventStore store, TimeProvider clock, ILogger<PutOffNotices> log)
    : RecurringWork("Notices that were put off", TimeSpan.FromSeconds(30), clock, log)
{
    private const int AtOnce = 1000;

    private const string Due =
        "select id from notices where status = 'prepared' and put_off_until <= $1 order by put_off_until limit $2";

    /// <summary>Takes up those whose time has come. One that cannot be keeps none of the others waiting.</summary>
    public async Task TakeUpDueAsync(CancellationToken cancellation)
    {
        var now = Clock.GetUtcNow();
        await using var command = store.Database.CreateCommand(Due);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = AtOnce });
        foreach (var id in await command.ReadAsync(row => row.GetGuid(0), cancellation))
        {
            await TryAsync(
                $"Taking up notice {id}",
                () => store.DecideAsync(
                    NoticeStream.Type, id, IReviewStep.Itself, notice => NoticeDecider.TakeUp(notice, now),
                    cancellation: cancellation),
                cancellation);
        }
    }

    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken cancellation) => TakeUpDueAsync(cancellation);
}
