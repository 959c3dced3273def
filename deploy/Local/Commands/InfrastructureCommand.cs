using System.CommandLine;
using System.Diagnostics;
using OrderToCash.Local.Servers;
using OrderToCash.Local.Servers.Shared;

namespace OrderToCash.Local.Commands;

/// <summary><c>infra</c>: PostgreSQL and RabbitMQ only, until Ctrl-C.</summary>
internal static class InfrastructureCommand
{
    public static Command Create()
    {
        var command = new Command(
            "infra", "Starts PostgreSQL and RabbitMQ only and prints where they are; Ctrl-C stops them.");
        var shared = new Option<string?>("--shared")
        {
            Description = "Runs one server (postgres, rabbitmq) for the tests of this user until none uses it.",
            Hidden = true,
        };
        command.Options.Add(shared);
        command.SetAction((parsed, cancellation) =>
            parsed.GetValue(shared) is { } kind ? RunSharedAsync(kind, cancellation) : RunAsync(cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        await using var infrastructure = await Infrastructure.StartAsync(
            Repository.LocalFolder(), Console.WriteLine, cancellation);
        Console.WriteLine($"PostgreSQL  {infrastructure.Postgres.ConnectionString}");
        Console.WriteLine($"            {infrastructure.Postgres.Description}");
        Console.WriteLine($"RabbitMQ    {infrastructure.Rabbit.Amqp}  management {infrastructure.Rabbit.Management}");
        Console.WriteLine($"            {infrastructure.Rabbit.Description}");
        Console.WriteLine($"Ready after {clock.Elapsed.TotalSeconds:0.0} s. Ctrl-C stops both.");
        await WaitForeverAsync(cancellation);
        Console.WriteLine("Stopping.");
        return 0;
    }

    private static async Task<int> RunSharedAsync(string name, CancellationToken cancellation)
    {
        var kind = ServerKind.Of(name);
        await SharedServerHost.RunAsync(kind, SharedFolder.Of(kind), cancellation);
        return 0;
    }

    /// <summary>Returns at Ctrl-C.</summary>
    public static async Task WaitForeverAsync(CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource();
        await using (cancellation.Register(ended.SetResult))
            await ended.Task;
    }
}
