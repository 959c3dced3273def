using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>What stands on the paper of legal entities.</summary>
public sealed class Letterheads(NpgsqlDataSource database)
{
    /// <summary>The legal entity as one who writes letters.</summary>
    public async Task<LetterSender> SenderAsync(LegalEntity entity, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entity);
        await using var command = database.CreateCommand(
            "select content::text from letterheads where legal_entity = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Code });
        var letterhead = (await command.ReadAsync(
            row => JsonSerializer.Deserialize<LetterheadDefined>(row.GetString(0), Json.Stored), cancellation))
            .SingleOrDefault();
        return new LetterSender(entity.Name, entity.Country, letterhead);
    }
}
