"""The process between Asterisk and the database: takes in what happened, keeps the agents' states, carries out commands.

Calls do not depend on it: Asterisk answers, queues and records without us. What happened meanwhile stands in the
switch's record file, and is taken in with its true times when the gateway is back.

    line         the manager connection, made again whenever it breaks
    facts        record file -> calls and agents' states, one transaction at a time; the place in the file moves with them
    legs         pure: what the records of seats' telephones mean for the people at them
    members      queue membership and pauses of the switch, kept equal to the database's
    phones       telephones that are lost and come back
    commands     what people ask of the switch
    configure    the switch told anew
    ears         LISTEN, and a look every two seconds
"""
