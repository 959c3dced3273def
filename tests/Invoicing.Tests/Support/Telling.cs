using Npgsql;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests;

/// <summary>What other services say, once it is known here.</summary>
internal static class Telling
{
    /// <summary>Says it, twice, and waits until it was handled.</summary>
    public static async Task TellAsync(
        this InvoicingApp app, object told, long version, DateTimeOffset? happenedAt = null)
    {
        var message = Some.NewId();
        await app.Bus.PublishAsync(told, message, version, happenedAt);
        await app.Bus.PublishAsync(told, message, version, happenedAt);
        await Eventually.BecomesTrue(
            async () =>
            {
                await using var command = app.Store.Database.CreateCommand(
                    "select count(*) from otc_inbox where message_id = $1");
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = message });
                return (long)(await command.ExecuteScalarAsync())! == 1;
            },
            "what was said is known");
    }
}
